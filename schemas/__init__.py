"""The shared language of Regiohelix: everything that may cross the border between a region and the hub.

Pure by rule: no I/O, no web framework, no database. A type that is defined here may travel; a type that is
defined elsewhere cannot, since no serializer for it exists.
"""
