"""What hosts are told when a day of theirs changes; their rooms and hours stand in resources."""
