"""From the queue: one VideoRequest in, one finished film out."""
