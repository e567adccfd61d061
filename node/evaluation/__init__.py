"""Whether what a region did worked: estimates over aggregated figures with honest intervals, and payment scenarios."""
