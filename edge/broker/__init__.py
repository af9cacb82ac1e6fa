"""The embedded broker of the demo, and the configuration of the real one."""
