import Storefront

extension HandlerRegistry {
    /// Everything that the program brings along.
    public static let builtIn = HandlerRegistry([
        FlowHandler(), WebHandler(), ProcedureHandler(), DatabaseHandler(), RecordsHandler(), CacheHandler(), PagesHandler(), DigestHandler(), SignedHandler(),
        MetricsHandler(), PodsHandler(), GarbageHandler(), PictureHandler(),
    ])
}
