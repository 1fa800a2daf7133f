"""Settings of a deployment."""
