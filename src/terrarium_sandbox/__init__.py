"""AWS on one laptop: moto in one process, with real data planes."""
