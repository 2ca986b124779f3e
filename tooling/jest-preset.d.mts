declare const _default: {
    testEnvironment: string;
    testEnvironmentOptions: {
        customExportConditions: string[];
    };
    extensionsToTreatAsEsm: string[];
    transform: {
        '\\.ts$': [string, {
            swcrc: boolean;
            sourceMaps: string;
            module: {
                type: string;
            };
            jsc: {
                target: string;
                parser: {
                    syntax: string;
                };
            };
        }];
    };
    testMatch: string[];
    modulePathIgnorePatterns: string[];
    setupFiles: string[];
    testTimeout: number;
    clearMocks: true;
    errorOnDeprecated: true;
};
export default _default;
//# sourceMappingURL=jest-preset.d.mts.map