"""The submission server: what the public and the teams reach over HTTP. No label and no private score is read here."""
