"""The demonstration: one hub, three invented regions with records, and the 25 GGD regions with public figures."""
