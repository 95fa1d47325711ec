"""money: funds, how they are divided, and what became of them."""
