"""How an ordinary engineer would have written it: ours, to have something to stand beside, not anybody's product."""
