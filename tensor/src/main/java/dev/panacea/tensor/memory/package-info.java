/** Host memory: absolute addresses and the pool. */
package dev.panacea.tensor.memory;
