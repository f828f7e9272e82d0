package dev.panacea.ace.transfer;

import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * Views and what a network should say of them, on the device.
 *
 * @param names what errors call the pictures
 * @param pictures [B, C, V, V]
 * @param targets of classes [B, L], of masks [B, L, V, V], of key points [B, L, V · V]
 * @param weights what each target counts in a mean over all, broadcast to the targets' shape; null where all count
 *     alike
 */
public record TransferBatch(List<String> names, Tensor pictures, Tensor targets, Tensor weights) {
    /** Copies the list. */
    public TransferBatch {
        names = List.copyOf(names);
    }
}
