"""A stand-in for DIAN's invoice service: answers, judges and misbehaves on request.

It judges with its own code, never the product's, so that a mistake of the product is not repeated
by its judge. See README.md.
"""
