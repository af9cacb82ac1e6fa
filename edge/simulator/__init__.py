"""Pretend exhibits that speak the contract over real MQTT, with visitors and faults."""
