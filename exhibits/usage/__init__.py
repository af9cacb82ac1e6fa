"""How exhibits are used: sessions, and their roll-ups by hour and day."""
