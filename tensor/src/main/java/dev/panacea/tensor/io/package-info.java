/**
 * Tensors in files: the safetensors format, read through a memory mapping and written atomically. Start reading at
 * {@code Safetensors}; the rules that protect against broken and hostile files are in {@code SafetensorsHeader}.
 */
package dev.panacea.tensor.io;
