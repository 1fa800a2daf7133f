"""Which plugin is on for which company, and the gate that every surface passes."""
