/**
 * Readers of picture formats, from bytes to {@link dev.panacea.ace.data.codec.Samples}. PNG, BMP and most JPEG and TIFF
 * files take one class each; lossless JPEG, JPEG-LS and JPEG 2000, which DICOM files hold, are decoded here.
 */
package dev.panacea.ace.data.codec;
