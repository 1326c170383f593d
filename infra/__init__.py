"""Everything about building and running Clerkwell that is not Clerkwell itself: none of it reaches Lambda."""
