"""Second zone: from linked records to figures that are still to be protected."""
