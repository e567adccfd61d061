"""Person records inside a region: read, typed, pseudonymised, linked, and kept in one local store."""
