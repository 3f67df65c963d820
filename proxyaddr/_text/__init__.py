"""What all packages share about text: address types, domains, folding, look-alikes, grammars."""
