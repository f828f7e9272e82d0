/**
 * From files to pictures: start at {@link dev.panacea.ace.data.ImageDecoder}, which makes a picture of any medical
 * image; {@link dev.panacea.ace.data.Resize} gives it another size, and {@link dev.panacea.ace.data.ImageList} finds
 * the files.
 */
package dev.panacea.ace.data;
