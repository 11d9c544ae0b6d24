/** Whether an argument enables the kernel's FIPS mode (fips_enable in crypto/fips.c: any number but 0). */
export const isFipsArgument = (argument: string): boolean => /^fips=0*[1-9]\d*$/.test(argument)
