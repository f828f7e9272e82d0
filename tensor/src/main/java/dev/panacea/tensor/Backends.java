package dev.panacea.tensor;

import dev.panacea.tensor.cpu.CpuBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Chooses the device once and says why. */
public final class Backends {
    private static final ScopedValue<Boolean> ON_CPU = ScopedValue.newInstance();
    private static volatile Choice current;

    /**
     * A choice and its reasons.
     *
     * @param backend the device
     * @param line one line: what was chosen, and why not the others, with the cure
     */
    public record Choice(Backend backend, String line) {}

    private Backends() {}

    /** The CPU, which is always there. */
    public static Backend cpu() {
        return CpuBackend.INSTANCE;
    }

    /** The device on which tensors are made where no other is named; the CPU until {@link #use} says otherwise. */
    public static Backend current() {
        Choice choice = current;
        return choice == null || choice.backend == cpu() || ON_CPU.isBound() ? cpu() : choice.backend;
    }

    /** Does some work for which the CPU is the current device, on this thread: references make tensors of their own. */
    public static void onCpu(Runnable work) {
        ScopedValue.where(ON_CPU, true).run(work);
    }

    /** Makes a choice the current one. */
    public static void use(Choice choice) {
        current = choice;
    }

    /**
     * Chooses by name.
     *
     * @param device {@code auto} (the first accelerator that works, else the CPU), {@code cpu}, or a name such as
     *     {@code cuda:0}
     * @throws BackendException if a device named outright cannot be used
     */
    public static Choice choose(String device) {
        if (device.equals("cpu")) {
            return new Choice(cpu(), cpu().name() + ": asked for");
        }
        List<String> absences = new ArrayList<>();
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            boolean named = device.equals(provider.kind()) || device.startsWith(provider.kind() + ":");
            if (!named && !device.equals("auto")) {
                continue;
            }
            if (provider.absence().isPresent()) {
                absences.add(provider.kind() + ": " + provider.absence().get());
                if (named) {
                    throw new BackendException("device " + device + ": cannot be used: " + absences.getLast());
                }
                continue;
            }
            try {
                Backend backend = provider.open(named ? index(device) : 0);
                return new Choice(backend, backend.name() + ": " + (named ? "asked for" : "the first that works"));
            } catch (BackendException refused) {
                if (named) {
                    throw refused;
                }
                absences.add(refused.getMessage());
            }
        }
        if (!device.equals("auto")) {
            throw new BackendException("device " + device + ": unknown (need auto, cpu or the name of a backend on "
                    + "the module path)");
        }
        return new Choice(cpu(), absences.isEmpty()
                ? "cpu: no other backend is installed"
                : "cpu: " + String.join("; ", absences));
    }

    private static int index(String device) {
        int colon = device.indexOf(':');
        if (colon < 0) {
            return 0;
        }
        try {
            return Integer.parseUnsignedInt(device.substring(colon + 1));
        } catch (NumberFormatException notANumber) {
            throw new BackendException("device " + device + ": not a device number (need for example cuda:0)",
                    notANumber);
        }
    }
}
