"""What stands on the floor: galleries, exhibits, their places and a person's verdict."""
