"""The release desk as web pages, for those whom the operator invited by name and role; never shown to anyone else."""
