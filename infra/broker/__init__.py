"""Brokers that this machine can run: an embedded one in memory, and a real Apache Kafka."""
