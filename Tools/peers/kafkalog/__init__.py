"""The files of Kafka's log directories, read and checked; see read-kafka-log."""
