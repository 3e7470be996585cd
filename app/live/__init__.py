"""Server-sent events about changed figures: each event is encoded once for all clients."""
