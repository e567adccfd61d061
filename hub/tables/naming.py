"""What all of the hub's tables belong to."""

from sqlalchemy import MetaData

metadata = MetaData()
