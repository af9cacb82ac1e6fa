"""Rooms, pools, hosts and machines, and the cells by which the database guards their capacity."""
