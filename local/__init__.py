"""What stands in for the cloud on a laptop: the embedded Redis, the queue's delivery, the one-command start."""
