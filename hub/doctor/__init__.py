"""What is wrong with a hub: looked for in its database, said in two languages, for the command and the page alike."""
