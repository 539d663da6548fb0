import { createContext, krx } from 'chronolight';
import { csvPrices } from 'chronolight/prices/csv';

// Made once in a server's life: the model loads at the first forecast and is kept.
export const context = createContext({ market: krx, prices: csvPrices(process.env.PRICES ?? 'data/') });
