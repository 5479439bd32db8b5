"""The evidence for a request: why an agency was used, as a page, on paper and as a pack that proves itself."""
