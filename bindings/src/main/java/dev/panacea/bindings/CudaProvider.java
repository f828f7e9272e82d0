package dev.panacea.bindings;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.kernel.CudaKernels;
import dev.panacea.tensor.Backend;
import dev.panacea.tensor.BackendProvider;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Offers NVIDIA cards as devices {@code cuda:0}, {@code cuda:1} and so on; each is opened once, until it is closed. */
public final class CudaProvider implements BackendProvider {
    private static final Map<Integer, CudaBackend> OPEN = new HashMap<>();

    /** For the service loader. */
    public CudaProvider() {}

    @Override
    public String kind() {
        return "cuda";
    }

    @Override
    public Optional<String> absence() {
        return CudaBackend.absence();
    }

    @Override
    public Backend open(int index) {
        synchronized (OPEN) {
            return OPEN.compute(index, (card, open) ->
                    open != null && !open.isClosed() ? open : new CudaBackend(card, CudaKernels::of));
        }
    }
}
