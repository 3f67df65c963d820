"""What every room shares about text: address types, domains, folding, look-alikes, grammars."""
