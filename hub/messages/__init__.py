"""Messages of readers to the authors of lessons, on their way to the region."""
