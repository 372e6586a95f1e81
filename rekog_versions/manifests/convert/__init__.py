"""Convert folders, tables, COCO files and the output of labeling jobs into manifests.

A converter is a module with one public function `from_FORMAT(source, ...) -> ConvertedLines`. `conversion` has the
parts that all converters share, `fitting` those for boxes.
"""
