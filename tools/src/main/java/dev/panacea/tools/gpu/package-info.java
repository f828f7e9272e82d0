/** {@code panacea gpu-check}: what only a machine with a card can show. Start at {@link dev.panacea.tools.gpu.GpuCheck}. */
package dev.panacea.tools.gpu;
