"""What only a browser can tell: that pages are accessible, valid, fit a telephone and need no mouse."""
