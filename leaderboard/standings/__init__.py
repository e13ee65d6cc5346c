"""Who is where, during a competition and at its end."""
