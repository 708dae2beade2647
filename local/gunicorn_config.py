"""How gunicorn serves the whole service on a laptop. What an older gunicorn does not know, it ignores."""

workers = 1
worker_class = "gthread"
threads = 32  # renders hold a thread each, slow senders one for a while; polls and downloads need the others
timeout = 0  # a render takes as long as it takes; its own deadline ends it
graceful_timeout = 1  # Ctrl-C is an order: the jobs live in memory and go with it
loglevel = "warning"
control_socket_disable = True  # else it leaves a socket in the home directory
