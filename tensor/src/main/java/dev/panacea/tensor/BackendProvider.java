package dev.panacea.tensor;

import java.util.Optional;

/** Found through {@link java.util.ServiceLoader}: makes a backend, or says why it cannot. */
public interface BackendProvider {
    /** The kind of device, such as {@code cuda}; a name like {@code cuda:1} asks for the second of them. */
    String kind();

    /** Why no device of this kind can be used, with the cure, in one line; empty where one can. */
    Optional<String> absence();

    /**
     * Opens a device.
     *
     * @param index which of several devices of this kind
     * @throws BackendException if there is no such device
     */
    Backend open(int index);
}
