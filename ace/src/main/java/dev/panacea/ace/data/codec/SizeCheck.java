package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/** Asked by every decoder what size a picture claims, before anything of that size is allocated. */
@FunctionalInterface
public interface SizeCheck {
    /**
     * Lets a size pass.
     *
     * @param bits of a pixel, all its samples together
     * @throws DataException if the picture is empty, too large, or larger than the file can hold
     */
    void check(long width, long height, int bits);
}
