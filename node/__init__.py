"""A region's side: person data stay here, and only protected aggregates leave."""
