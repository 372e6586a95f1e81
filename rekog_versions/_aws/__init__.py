"""Everything that touches botocore."""
