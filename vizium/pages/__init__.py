"""Pages over several contexts: home, health, the demo mailbox."""
