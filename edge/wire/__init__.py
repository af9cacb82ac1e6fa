"""The contract with exhibits: topics, messages, codecs. Pure: no socket, no clock, no state."""
