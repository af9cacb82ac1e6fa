"""What a group can do at the centre: programmes, workshops, shows and sessions for educators."""
